"""Ctrl-Z: the terminal as it was, the whole job stopped, and the screen again after `fg`.

The job is stopped by the terminal's own signal and its default action, so that whatever started us
(`make`, a shell function) stops with us, and where nobody could continue us (no job control) the
system lets us go on. Textual stops its own process alone, with a signal that nothing tempers.
"""

from __future__ import annotations

import os
import signal

from textual.driver import Driver


def suspended(driver: Driver) -> None:
    """Returns when the job is continued."""
    driver.suspend_application_mode()
    with driver.no_automatic_restart():
        # What continues us is no news then: the screen is put back right here.
        handlers = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
        for number in handlers:
            signal.signal(number, signal.SIG_DFL)
        try:
            os.kill(0, signal.SIGTSTP)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    driver.resume_application_mode()
