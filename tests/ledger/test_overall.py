"""Days of all accounts have one zone; naming it again changes nothing."""

from sqlalchemy import func, select

from billing_ui.infra.db import Database
from billing_ui.ledger.overall import move_days, zone_of_days
from billing_ui.ledger.tables import system_zone


def test_the_days_stay_where_they_are_until_another_zone_is_named(db: Database) -> None:
    for named in ("Asia/Jakarta", "Asia/Jakarta", "Asia/Makassar"):
        with db.begin() as tx:
            move_days(tx, named)
        with db.read() as tx:
            assert zone_of_days(tx.connection()) == named
            assert tx.scalar(select(func.count()).select_from(system_zone)) == 1
