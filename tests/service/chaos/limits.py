"""Limits that the system puts on a process: how long a file may be, and no right to write against a folder's mode."""

import ctypes
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_VERSION_3 = 0x20080522  # of the kernel's interface
_OVERRIDES = (1 << 1) | (1 << 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


def in_a_child(act: Callable[[], str], *, longest_file: int) -> str:
    """Do something in a child whose files cannot grow beyond so many bytes, and return what it said."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (longest_file, resource.RLIM_INFINITY))
            os.write(writes, act().encode())
        finally:
            os._exit(0)
    os.close(writes)
    said = b""
    while piece := os.read(reads, 1 << 16):
        said += piece
    os.close(reads)
    os.waitpid(child, 0)
    return said.decode()


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


@contextmanager
def without_roots_rights() -> Iterator[None]:
    """Have this thread obey the modes of files and folders, whoever runs it."""
    system, header, data = ctypes.CDLL(None, use_errno=True), _Header(_VERSION_3, 0), (_Data * 2)()
    assert system.capget(ctypes.byref(header), data) == 0
    before = data[0].effective
    data[0].effective = before & ~_OVERRIDES
    assert system.capset(ctypes.byref(header), data) == 0
    try:
        yield
    finally:
        data[0].effective = before
        assert system.capset(ctypes.byref(header), data) == 0
