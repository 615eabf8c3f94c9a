"""The report says what the findings say, whole, plainly, and the same each time."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from maps import words
from maps.products import write_products
from maps.report import closer, evidence, write_report
from maps.report.page import CONTENTS, render
from maps.report.record import GLOSSARY, METHOD, REFERENCES
from maps.report.summary import gain_over, proof, share_inside, summarise, warnings
from tests.maps.bare import bare_pack
from tests.maps.reading import read_page
from tests.maps.sample import sample_pack

HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>${alert(1)}`{{7*7}}{% raw %}"
MAP = "<!DOCTYPE html><html lang='en'><title>map</title><script>var held = {a: '${1}'};</script></html>"
MOST_WORDS = 25
NUMBER = re.compile(r"[−+]?\d[\d,]*(?:\.\d+)?")


def page_of(pack):
    return read_page(render(pack, MAP))


@pytest.fixture(scope="module")
def page():
    return page_of(sample_pack())


def test_the_sections_stand_in_the_order_of_the_contents(page):
    assert list(page.sections) == list(CONTENTS)
    assert all(page.sections[anchor].startswith(heading) for anchor, heading in CONTENTS.items())


def test_every_link_leads_to_a_place_on_the_page(page):
    places = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert {link["href"].removeprefix("#") for link in page.all("a")} <= places


def test_no_two_elements_share_an_id(page):
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_table_has_a_caption_and_every_heading_a_scope(page):
    assert set(page.captions) == set(page.tables)
    assert all(page.captions.values())
    assert {heading.get("scope") for heading in page.all("th")} == {"col", "row"}


def test_every_picture_says_what_it_shows(page):
    pictures = page.all("img")
    assert len(pictures) == 5
    assert all(len(picture["alt"]) > 40 and picture["src"].startswith("data:image/") for picture in pictures)


def test_the_map_is_boxed_in_and_named(page):
    (frame,) = page.all("iframe")
    assert frame["sandbox"] == "allow-scripts"
    assert frame["srcdoc"] == MAP
    assert frame["title"]


def test_the_policy_asks_no_server_and_runs_only_what_is_ours(page):
    policy = next(held["content"] for held in page.all("meta") if held.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_the_marking_stands_at_the_top_and_the_bottom_and_on_every_sheet_of_paper():
    html = render(replace(sample_pack(), marking='OFFICIAL"; } body { display: none'), MAP)
    marks = [held for tag, held in read_page(html).tags if held.get("class") == "marking"]
    assert len(marks) == 2
    assert html.count('content: "OFFICIAL\\000022\\00003b\\000020') == 2


def test_every_number_of_the_summary_is_one_of_the_findings(page):
    pack = sample_pack()
    best = pack.backtest.summary.set_index("method").loc[pack.backtest.best]
    teams, patrols, plan = pack.staffing, pack.schedule, pack.schedule.plan
    spots = pack.hotspots
    ends = pd.concat([spots["expected_harm_low"], spots["expected_harm_high"]])
    places = pd.concat([spots["expected_harm_high"].map(words.decimals)] * 2)
    intervals = [words.number(end, place) for end, place in zip(ends, places, strict=True)]
    known = {
        *(words.number(value) for value in spots["expected_harm"]), *intervals, *(str(rank) for rank in spots["rank"]),
        *(words.percent(best[name]) for name in ("hit_rate", "hit_rate_low", "hit_rate_high")),
        words.percent(pack.area_share), words.percent(share_inside(pack)), words.percent(0.9),
        *(words.gain(gain) for gain in (*gain_over(teams.alternatives), *gain_over(patrols.alternatives))),
        *(words.percent(gain) for gain in (*gain_over(teams.alternatives), *gain_over(patrols.alternatives))),
        words.percent(patrols.bound / patrols.objective - 1),
        *(words.number(value, 0) for value in (
            len(spots), len(plan), plan["unit"].nunique(), plan["hotspot_id"].nunique(), patrols.planned_minutes,
            patrols.objective, patrols.bound, patrols.unmet["hotspot_id"].nunique(), teams.table["constables"].sum(),
            teams.table["csos"].sum(), len(teams.table), pack.monthly["crimes"].sum(), len(pack.rejects),
            pack.sources["rows_read"].sum(), pack.fitness.claims["allowed"].sum(), len(pack.fitness.claims),
        )),
    }  # fmt: skip
    given = " ".join((pack.period, pack.next_period, *pack.fitness.warnings, *spots["hotspot_id"], *closer.news(pack)))
    shown = NUMBER.findall(page.sections["summary"])
    unknown = set(shown) - {number for text in known for number in NUMBER.findall(text)} - set(NUMBER.findall(given))
    assert len(shown) > 40
    assert not unknown


def test_every_hot_spot_ward_and_stop_is_in_a_table(page):
    pack = sample_pack()
    spots, teams = page.tables["hot-spot-table"], page.tables["team-table"]
    assert [row[0].split()[0] for row in spots[1:]] == pack.hotspots["hotspot_id"].tolist()
    assert {row[0] for row in teams[1:]} == set(pack.staffing.table["name"])
    stops = " ".join(row[1] for shift in ("shift-1", "shift-2") for row in page.tables[shift][1:])
    assert all(f"{stop.arrive} to {stop.leave} {stop.hotspot_id}" in stops for stop in pack.schedule.plan.itertuples())


def test_wards_stand_in_order_of_harm(page):
    assert [row[0] for row in page.tables["team-table"][1:]] == [
        "Canal Side",
        "Weavers' Hill",
        "St Mary's & Park",
        "Market",
    ]


def test_long_tables_are_folded_and_lose_no_row():
    pack = sample_pack()
    many = pd.concat([pack.parameters] * 60, ignore_index=True).assign(name=lambda table: table.index.astype("string"))
    found = page_of(replace(pack, parameters=many))
    rows = found.tables["parameter-table"][1:] + found.tables["parameter-table-rest"][1:]
    assert [row[0] for row in rows] == many["name"].tolist()
    assert len(found.tables["parameter-table"]) == 41


def test_every_method_stands_beside_both_baselines_and_losses_are_shown(page):
    header, *rows = page.tables["back-test-table"]
    assert [row[0] for row in rows] == ["raw count", "last period", "density"]
    assert header[-2:] == ["Against raw count", "Against last period"]
    assert rows[1][-2] == "won 0, drew 0, lost 2"
    assert rows[2][-2:] == ["won 2, drew 0, lost 0"] * 2
    assert words.glued(sample_pack().backtest.sentence) in page.sections["back-test"].replace(" %", "\xa0%")


def test_each_plan_stands_beside_every_other_with_objective_bound_and_gap(page):
    pack = sample_pack()
    for section, table, found in (
        ("teams", "team-alternatives", pack.staffing),
        ("patrols", "patrol-alternatives", pack.schedule),
    ):
        text = page.sections[section]
        assert f"Objective {words.number(found.objective)} Bound {words.number(found.bound)}" in text
        assert f"Gap {words.percent(found.gap)}".replace("\xa0", " ") in text.replace("\xa0", " ")
        assert [row[0] for row in page.tables[table][1:]] == found.alternatives["plan"].tolist()


def test_what_one_more_would_buy_and_what_is_unmet_are_told(page):
    assert page.tables["team-plus-one"][1:] == [["constable", "6.10"], ["CSO", "4.40"]]
    assert page.tables["patrol-plus-one"][1] == ["Central", "day", "31.0"]
    assert page.tables["unmet"][1] == ["H05 Quay Parade", "late", "3.00", "no unit within reach"]
    assert "two posts are vacant" in page.sections["teams"]


def test_todays_posts_are_beside_the_plan_where_they_are_given(page):
    pack = sample_pack()
    assert "Today’s posts were not given" in page.sections["teams"]
    today = pack.staffing.by_plan[pack.staffing.by_plan["plan"] == "equal split"].assign(plan="status quo")
    row = pd.DataFrame({"plan": ["status quo"], "objective": [400.0], "share_of_best": [1.0]})
    staffing = replace(
        pack.staffing,
        by_plan=pd.concat([pack.staffing.by_plan, today]),
        alternatives=pd.concat([pack.staffing.alternatives, row]),
    )
    found = page_of(replace(pack, staffing=staffing))
    assert "Today’s posts were not given" not in found.sections["teams"]
    header, first, *_ = found.tables["team-table"]
    assert first[header.index("Change on today")] == "+2 constables and +1 CSO"
    assert "less harm to patrol than “status quo”, which does better" in found.sections["summary"]


def test_rows_read_accepted_and_refused_are_told_with_reasons(page):
    assert page.tables["sources"][1][2:] == ["500", "494", "6"]
    assert page.tables["rejections"][1:] == [["no coordinates", "5"], ["not a month", "1"]]
    assert page.tables["claims"][2] == ["Near repeats in days", "No", "Dates are known by month only."]


def test_the_travel_basis_is_stated(page):
    assert "straight line" in page.sections["patrols"]
    pack = sample_pack()
    found = page_of(replace(pack, schedule=replace(pack.schedule, travel_basis="street network")))
    assert "measured on the street network" in found.sections["patrols"]


def test_assumptions_settings_credits_versions_and_run_are_told(page):
    pack = sample_pack()
    assert pack.assumptions[0] in page.sections["assumptions"]
    assert len(page.tables["parameter-table"]) == 3
    assert pack.credits[0] in page.sections["about"]
    assert pack.run_id in page.sections["about"]
    assert page.tables["versions"][1:] == [["beatplan", "0.1.0"], ["python", "3.11"]]


def test_references_in_the_method_are_in_the_list():
    cited = {int(number) for step in METHOD for number in re.findall(r"\[(\d+)\]", step.words)}
    assert cited == set(range(1, len(REFERENCES) + 1))


def test_nothing_to_report_is_said_in_sentences():
    found = page_of(bare_pack())
    text = " ".join(found.sections.values())
    for sentence in (
        "No place stood out from the rest.", "No patrol could be planned.", "No row was refused.",
        "No forecast could be scored", "No other plan was compared.", "Every visit asked for is planned.",
        "No CSO patrol is planned.", "Everything the plan needs was given.", "too few whole periods to speak of a",
    ):  # fmt: skip
        assert sentence in text
    assert "nan" not in text.lower().split()
    assert "None" not in text.split()


def test_hostile_strings_are_shown_and_never_become_markup():
    pack = sample_pack(hostile=HOSTILE)
    html, calm = render(pack, MAP), read_page(render(sample_pack(), MAP))
    found = read_page(html)
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in calm.tags]
    assert not [held for _, held in found.tags if any(name.startswith("on") for name in held)]
    assert HOSTILE.replace("\n", " ") in found.sections["teams"]


def test_a_forecast_is_never_said_to_be_more_than_it_is(page):
    text = " ".join(page.sections.values()).lower()
    for phrase in (
        "predictive policing",
        "crime prevented by",
        "will prevent",
        "optimal",
        "guarantee",
        "suspect",
        " ai ",
    ):
        assert phrase not in text
    assert text.count("crime prevented") == text.count("not crime prevented") + text.count(
        "not the same as crime prevented"
    )


def _sentences(pack):
    summary = summarise(pack)
    decided = [sentence for decision in summary.decisions for sentence in (decision.question, *decision.sentences)]
    method = [step.words for step in METHOD] + [meaning for _, meaning in GLOSSARY]
    found = (*evidence.order(pack), *evidence.history(pack), *closer.sensitivity(pack))
    found = (*found, *closer.scan(pack), *closer.week(pack.insight), closer.concentration(pack.insight))
    for text in (*summary.lead, *decided, *warnings(pack), *method, *found):
        yield from re.split(r"(?<=[.!?:;])\s+", text)


@pytest.mark.parametrize("pack", [sample_pack(), bare_pack()], ids=["sample", "bare"])
def test_generated_sentences_are_short(pack):
    found = [sentence for sentence in _sentences(pack) if len(sentence.split()) > MOST_WORDS]
    assert not found


def test_a_plan_is_called_proven_only_where_it_is():
    assert proof(0.0, 10, 10) == "No plan that keeps the rules can do better: that is proven."
    assert proof(0.02, 98, 100) == "A better plan may exist, but it could add at most 2.0\xa0% (98.0 against 100)."
    assert "not known" in proof(float("nan"), 10, float("nan"))


def test_a_gain_is_measured_on_the_other_plan_and_a_loss_is_negative():
    held = pd.DataFrame({"plan": ["this plan", "a", "b", "c"], "objective": [90.0, 100.0, 60.0, 0.0]})
    gain = gain_over(held)
    assert gain["a"] == pytest.approx(-0.1)
    assert gain["b"] == pytest.approx(0.5)
    assert pd.isna(gain["c"])


def test_the_same_findings_give_the_same_bytes(tmp_path):
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    one, two = (write_products(sample_pack(), folder) for folder in folders)
    routes = ["briefing.csv", "days.csv", "patrols.geojson", "patrols.gpx"]
    others = ["hotspots.gpkg", "map.html", "plan.csv", "rejects.csv", "report.html", "tables.xlsx", "tasking.qgz"]
    assert sorted(one) == sorted(routes + others)
    assert {name: path.read_bytes() for name, path in one.items()} == {
        name: path.read_bytes() for name, path in two.items()
    }
    assert sorted(path.name for path in folders[0].iterdir()) == sorted(one)


def test_the_report_holds_the_tasking_map(tmp_path):
    found = read_page(write_report(sample_pack(), tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "<title>Tasking map, Sample Police" in found.all("iframe")[0]["srcdoc"]


def test_the_share_inside_is_of_what_the_hot_spots_are_ranked_by():
    pack = sample_pack()
    assert share_inside(pack) == pytest.approx(693 / 810)
    assert share_inside(replace(pack, rank_by="crimes")) == pytest.approx(17.325 / 22)


def test_the_history_of_the_hot_spots_is_counted_in_words():
    said = evidence.history(sample_pack())
    assert said[0] == "Of 5 hot spots, 1 persistent, 1 emerging, 1 intermittent, 1 former and 1 with no history."
    assert said[1] == "Persistent: hot in at least four of five periods."
    few = sample_pack().hotspots.assign(history="too few to say")
    assert "too few periods" in evidence.history(replace(sample_pack(), hotspots=few))[0]


def test_a_rank_is_shown_with_its_interval_where_it_has_one():
    assert [said.replace(words.SPACE, " ") for said in evidence.ranks(sample_pack().hotspots)] == [
        "1 (1 to 2)", "2 (1 to 3)", "3 (2 to 3)", "4 (4 to 5)", "5",
    ]  # fmt: skip
    assert evidence.order(sample_pack())[0] == (
        "The hot spot ranked first may be anywhere from rank 1 to 2; a typical interval runs over 2 ranks."
    )
    assert evidence.order(bare_pack()) == ()


def test_what_other_settings_would_have_chosen_is_told_with_numbers(page):
    said = page.sections["back-test"].replace(words.SPACE, " ")
    assert "Of 5 hot spots, 2 stay hot under all of them, and 3 under four in five." in said
    assert "A typical setting shares 60 % of the area." in said
    assert closer.sensitivity_table(sample_pack()).rows[0] == (("200 m, 100 m",), ("5",), (f"55{words.SPACE}%",))
    assert closer.sensitivity(bare_pack()) == ("No other setting of the map could be tried.",)


def test_what_is_new_is_said_with_how_often_chance_shows_as_much():
    (said,) = closer.news(sample_pack())
    assert said.replace(words.SPACE, " ") == (
        "13 crimes lay within 100 m of SK 018 019, at Bull Ring, from May 2024 to June 2024. "
        "Usual there and then is 1.90; chance shows as much once in 83.3 years."
    )
    assert said in summarise(sample_pack()).decisions[0].items
    insight = sample_pack().insight
    usual = insight.scan.clusters.assign(p=[0.61, 0.7])
    none = replace(sample_pack(), insight=replace(insight, scan=replace(insight.scan, clusters=usual)))
    assert closer.news(none) == ()
    assert closer.scan(none)[0] == "Nothing new stands out."
    refused = replace(insight, scan=None, scan_note="There is no earlier month to compare the newest with.")
    assert closer.scan(replace(sample_pack(), insight=refused)) == (
        "It cannot be asked what is new: there is no earlier month to compare the newest with.",
    )


def test_the_week_of_each_hot_spot_is_told_by_part_of_the_day(page):
    rows = {row[0].split()[0]: row[1:] for row in page.tables["when-table"][1:]}
    assert set(rows) == {"H01", "H02", "H03", "H04"}  # nothing happened in the fifth
    # hours count as many crimes as their number: 15, 51, 87 and 123 of 276 in the four parts of the day
    assert [cell.replace(words.SPACE, " ") for cell in rows["H01"]] == [
        "5.4 %",
        "18 %",
        "32 %",
        "45 %",
        "Monday",
        "14 %",
    ]
    assert "40 % of 494 crimes" in page.sections["when"].replace(words.SPACE, " ")


def test_what_an_hour_of_patrol_meets_and_how_far_crime_gathers_stand_with_the_hot_spots(page):
    assert [row[0].split()[0] for row in page.tables["hours-table"][1:]] == ["H01", "H02", "H03", "H04", "H05"]
    said = page.sections["hot-spots"].replace(words.SPACE, " ")
    assert "Half of the crime lies in 2.1 % of the cells, and half of the harm in 1.3 %." in said


def test_what_was_not_looked_at_is_said():
    page = page_of(bare_pack())
    assert "Times of day were not looked at." in page.sections["when"]
    assert "not looked at" in page.sections["trend"]
    assert "hours-table" not in page.tables
