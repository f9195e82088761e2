"""What is told of a failure on a page holds no value of a row."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.errors import without_values


@pytest.mark.parametrize(
    ("sql", "secret"),
    [
        ("select cast('王小勇' as integer)", "王小勇"),
        ("select cast('34062119800101123X' as bigint)", "34062119800101123X"),
        ("select cast('王小勇' as date)", "王小勇"),
        ("create table t (a text primary key); insert into t values ('王小勇'), ('王小勇')", "王小勇"),
        ("select cast(13812345678 as tinyint)", "13812345678"),
        ("select strptime('王小勇', '%Y-%m-%d')", "王小勇"),
    ],
)
def test_what_a_database_says_is_told_without_values(sql: str, secret: str) -> None:
    with duckdb.connect() as connection, pytest.raises(duckdb.Error) as failed:
        connection.execute(sql)
    # The text of the query stands below the message, with a caret: there the value is the test's own.
    message = str(failed.value).split("LINE 1")[0]
    assert secret in message, "else it shows nothing"
    assert secret not in without_values(message)
    assert (
        without_values("stg_roster: error. 3 rows of 孙疃村 in 2025-12")
        == "stg_roster: error. 3 rows of 孙疃村 in 2025-12"
    )
