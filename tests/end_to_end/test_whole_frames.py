"""The terminal that stories read from shows whole frames only, however their bytes are cut."""

from __future__ import annotations

from tests.end_to_end.terminal import ASKED, FRAME, FRAME_ENDS, whole_frames

SPOKEN = (
    b"one" + ASKED + b"two" + FRAME + b"\x1b[2;1Hrow" + FRAME_ENDS + b"\x1b[?25l" + FRAME + b"x"
)


def test_wherever_bytes_are_cut_a_frame_is_shown_whole_and_nothing_is_lost() -> None:
    for at in range(len(SPOKEN)):
        first, held = whole_frames(SPOKEN[:at])
        second, rest = whole_frames(held + SPOKEN[at:])
        assert first + second + rest == SPOKEN
        assert rest == FRAME + b"x"
        for shown in (first, second):
            assert shown.count(FRAME) == shown.count(FRAME_ENDS)
        assert ASKED in first or ASKED in second
