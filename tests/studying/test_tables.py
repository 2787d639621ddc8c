"""Published tables: heads with arrows, -1 for missing, and whatever people write."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustgauge.errors import DataError, UsageError
from trustgauge.studying.analyses import standing
from trustgauge.studying.table import read_tables
from trustgauge.studying.whole import study_tables

PLAIN = "model,Safe (↑),Harm (↓),seen\na,0.9,0.1,7\nb,-1,0.2,8\nc,0.5,,9\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "leaderboard_x.csv"
    path.write_text(PLAIN, "utf-8")
    return path


def test_arrows_say_which_way_and_minus_one_is_missing(file: Path) -> None:
    table = read_tables([file])
    assert table.models == ("a", "b", "c")
    assert [(m.id, m.title, m.up) for m in table.measures] == [
        ("x: Safe", "Safe", True),
        ("x: Harm", "Harm", False),
        ("x: seen", "seen", None),
    ]
    assert table.values("x: Safe") == [0.9, None, 0.5]
    assert table.values("x: Harm") == [0.1, 0.2, None]
    assert [m.title for m in table.ranked] == ["Safe", "Harm"]  # what says no direction is not ranked
    assert table.missing == 2
    assert standing(table) == [1.0, 0.0, 0.0]


def test_files_join_by_model(file: Path) -> None:
    (file.parent / "more.csv").write_text("name,Kind (↑)\nc,1\nd,2\n", "utf-8")
    table = read_tables([file.parent])
    assert table.models == ("a", "b", "c", "d")
    assert table.values("more: Kind") == [None, None, 1.0, 2.0]
    some = table.only(["d", "c"])
    assert some.models == ("c", "d") and some.values("more: Kind") == [1.0, 2.0]


def test_a_table_with_a_model_twice_is_left_out_and_named(file: Path) -> None:
    (file.parent / "shots.csv").write_text("model,shots\na,0\na,5\nb,0\n", "utf-8")
    assert read_tables([file.parent]).left_out == ("shots.csv: it has more than one row for a model",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model,Safe (↑)\na,good\n", "row 2, column 'Safe .↑.': 'good' is no number"),
        ("model,Safe (↑)\na,nan\n", "finite"),
        ("model,Safe (↑)\na,1,2\n", "row 2: 3 fields where the head has 2"),
        ("model\na\n", "needs a head and rows"),
        ("", "needs a head and rows"),
        ("model,A (↑),A (↓)\na,1,2\nb,1,2\n", "twice"),
    ],
)
def test_bad_tables_are_said_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "t.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(DataError, match=said):
        read_tables([file])


def test_what_is_no_study(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    with pytest.raises(UsageError, match="there is no table"):
        read_tables([file])
    with pytest.raises(UsageError, match=r"no \.csv"):
        read_tables([tmp_path])
    file.write_text("model,Safe (↑)\na,1\n", "utf-8")
    with pytest.raises(UsageError, match="1 models: a study needs at least 2"):
        read_tables([file])
    file.write_text("model,seen\na,1\nb,2\n", "utf-8")
    with pytest.raises(UsageError, match="which way is better"):
        study_tables([file])
    file.write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(DataError, match="cannot be read"):
        read_tables([file])
