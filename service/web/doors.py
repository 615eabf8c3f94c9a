"""
Every door of the service, in one table: address, who may come through it, and what is behind it.

Nothing is open that is not here, and nothing here is without a permission.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from service.web import answers, release_answers, tasking_answers, work_answers
from service.web.roles import PUBLIC, SIGNED_IN
from service.web.rooms import (
    accounts,
    audit,
    entrance,
    files,
    imports,
    intelligence,
    interface,
    jobs,
    meetings,
    my_account,
    national,
    panel,
    patrols,
    releases,
    runs,
    scenarios,
    sign_on,
    tasking,
)


@dataclass(frozen=True)
class Door:
    """
    One address.

    Parameters
    ----------
    method, path : as asked for
    permission : of `roles.PERMISSIONS`
    handler : what answers, once the door has let somebody in
    answer : what a program is told where a browser sees a page; None where there is no page
    uploads : whether files come through; else a form, which is short
    counted : "export" or "run": how often an account may come through within a while is limited
    national : whether it is there only for accounts that see every force; for any other there is no such door
    """

    method: str
    path: str
    permission: str
    handler: Callable[..., Any]
    answer: type[BaseModel] | None = None
    uploads: bool = False
    counted: str = ""
    national: bool = False


DOORS: Final = (
    Door("GET", "/", SIGNED_IN, entrance.home, answers.Desk),
    Door("GET", "/health", PUBLIC, entrance.health, answers.Health),
    Door("GET", "/assets/{name}", PUBLIC, entrance.asset),
    Door("GET", "/log-in", PUBLIC, entrance.log_in_page, answers.LogIn),
    Door("POST", "/log-in", PUBLIC, entrance.log_in),
    Door("GET", "/sign-on", PUBLIC, sign_on.begin),
    Door("GET", "/sign-on/back", PUBLIC, sign_on.come_back),
    Door("GET", "/my-account", SIGNED_IN, my_account.my_account, answers.MyAccount),
    Door("POST", "/my-account/password", SIGNED_IN, my_account.change_password),
    Door("POST", "/my-account/end-sessions", SIGNED_IN, my_account.end_others),
    Door("POST", "/log-out", SIGNED_IN, entrance.log_out),
    Door("GET", "/api/openapi.json", SIGNED_IN, interface.openapi),
    Door("GET", "/imports", "import", imports.imports, answers.Imports),
    Door("POST", "/imports", "import", imports.send_extract, uploads=True),
    Door("GET", "/imports/{number}/rejects.csv", "import", imports.import_rejects, counted="export"),
    Door("GET", "/extracts/{number}", "import", imports.extract_page, work_answers.Extract),
    Door("GET", "/extracts/{number}/rejects.csv", "import", imports.extract_rejects, counted="export"),
    Door("POST", "/extracts/{number}/confirm", "import", imports.confirm_extract),
    Door("POST", "/extracts/{number}/discard", "import", imports.discard_extract),
    Door("GET", "/files", "import", files.files_page, work_answers.Files),
    Door("POST", "/files", "import", files.give_file, uploads=True),
    Door("GET", "/jobs", "queue", jobs.jobs_page, work_answers.Jobs),
    Door("GET", "/jobs/{number}", "queue", jobs.job_page, work_answers.JobPage),
    Door("POST", "/jobs/{number}/cancel", "queue", jobs.cancel_job),
    Door("GET", "/runs", "see map", runs.runs_page, work_answers.Runs),
    Door("POST", "/runs", "run", runs.ask, counted="run"),
    Door("GET", "/runs/{number}", "see map", runs.run_page, work_answers.RunPage),
    Door("GET", "/runs/{number}/see/{name}", "see map", runs.see_product, work_answers.Shown),
    Door("GET", "/runs/{number}/pages/{name}", "see map", runs.product_page),
    Door("GET", "/runs/{number}/files/{name}", "see map", runs.product_file, counted="export"),
    Door("GET", "/runs/{number}/compared/{other}", "run", runs.compare, work_answers.Compared),
    Door("POST", "/runs/{number}/publish", "run", runs.publish),
    Door("POST", "/runs/{number}/withdraw", "run", runs.withdraw),
    Door("GET", "/runs/{number}/public", "run", releases.preview, release_answers.ReleasePreview),
    Door("POST", "/runs/{number}/public", "run", releases.publish),
    Door("GET", "/releases", "see releases", releases.releases_page, release_answers.Releases),
    Door("POST", "/releases/{number}/withdraw", "administer", releases.withdraw),
    Door("GET", "/public", PUBLIC, releases.public_page, release_answers.Public),
    Door("GET", "/public/{force}/{name}", PUBLIC, releases.public_file),
    Door("GET", "/scenarios", "plan", scenarios.scenarios_page, work_answers.Scenarios),
    Door("POST", "/scenarios", "plan", scenarios.ask, counted="run"),
    Door("POST", "/scenarios/side-by-side", "plan", scenarios.ask_side_by_side, counted="run"),
    Door("GET", "/scenarios/{number}", "plan", scenarios.scenario_page, work_answers.ScenarioPage),
    Door("GET", "/scenarios/{number}/map", "plan", scenarios.scenario_map),
    Door("GET", "/scenarios/{number}/files/{name}", "plan", scenarios.scenario_table, counted="export"),
    # What is made of every force holds hot spots and teams of each. An analyst's role is the one that begins runs; of
    # them only an account of the nation is bounded by no force, so a force's own analyst is told of nothing here.
    Door("GET", "/national", "run", national.national_page, work_answers.National, national=True),
    Door("POST", "/national", "run", national.ask, counted="run", national=True),
    Door("GET", "/national/{number}", "run", national.run_page, work_answers.NationalRun, national=True),
    Door("GET", "/national/{number}/page", "run", national.product_page, national=True),
    Door("GET", "/national/{number}/files/{name}", "run", national.product_file, counted="export", national=True),
    Door("GET", "/accounts", "administer", accounts.accounts, answers.Accounts),
    Door("POST", "/accounts", "administer", accounts.open_account),
    Door("POST", "/accounts/{name}/password", "administer", accounts.reset_password),
    Door("POST", "/accounts/{name}/areas", "administer", accounts.hold),
    Door("POST", "/accounts/{name}/end-sessions", "administer", accounts.end_sessions),
    Door("POST", "/accounts/{name}/close", "administer", accounts.shut_account),
    Door("GET", "/tasking", "see map", tasking.tasking_room, tasking_answers.TaskingRoom),
    Door("GET", "/tasking/last", "see map", meetings.last_time, tasking_answers.LastMeeting),
    Door("GET", "/tasking/decisions.csv", "see map", meetings.decisions_file, counted="export"),
    Door("GET", "/tasking/delivered.csv", "see map", meetings.delivered_file, counted="export"),
    Door("POST", "/tasking/{run}/meeting", "decide", tasking.begin_meeting),
    Door("GET", "/meetings", "see map", meetings.meetings_page, tasking_answers.Meetings),
    Door("GET", "/meetings/{meeting}/minutes", "see map", meetings.minutes_page),
    Door("GET", "/meetings/{meeting}/minutes.docx", "see map", meetings.minutes_document, counted="export"),
    Door("POST", "/meetings/{meeting}/chair", "decide", tasking.take_chair),
    Door("POST", "/meetings/{meeting}/close", "decide", tasking.close_meeting),
    Door("POST", "/meetings/{meeting}/decisions/{hotspot}", "decide", tasking.decide),
    Door("POST", "/meetings/{meeting}/petitions/{petition}", "decide", tasking.answer_petition),
    Door("GET", "/patrols", "patrol", patrols.shift_page, tasking_answers.Patrols),
    Door("GET", "/patrols/worker.js", PUBLIC, patrols.worker),
    Door("GET", "/patrols/delivery", "patrol", patrols.delivery_page, tasking_answers.Delivery),
    Door("GET", "/patrols/{run}/{number}", "patrol", patrols.patrol_page, tasking_answers.Patrol),
    Door("GET", "/patrols/{run}/{number}/map", "patrol", patrols.patrol_map),
    Door("POST", "/patrols/{run}/{number}/debrief", "patrol", patrols.take_debrief),
    Door("GET", "/panel", "prioritise", panel.panel_page, tasking_answers.Panel),
    Door("POST", "/panel/priorities", "prioritise", panel.add_priority),
    Door("POST", "/panel/priorities/{priority}/take-back", "prioritise", panel.take_back_priority),
    Door("POST", "/panel/petitions", "prioritise", panel.add_petition),
    Door("GET", "/intelligence", "see map", intelligence.intelligence_page, answers.Reports),
    Door("POST", "/intelligence", "handle intelligence", intelligence.add_report),
    Door("GET", "/intelligence/reports.csv", "handle intelligence", intelligence.reports_file, counted="export"),
    Door("POST", "/intelligence/{number}/withdraw", "handle intelligence", intelligence.withdraw_report),
    Door("GET", "/audit", "audit", audit.audit_page, answers.Audit),
)
