"""No response is older than promised, although the database loses what it is told, at random."""

import pytest

pytestmark = pytest.mark.faults

FAULTS = {
    "the answer to COMMIT is lost": "commits",
    "a process is killed in COMMIT": "processes",
}


@pytest.fixture
def app_variables(losses):
    return losses.variables


@pytest.mark.parametrize("fault", FAULTS)
def test_no_response_is_older_than_promised(fault, check_freshness, losses):
    check_freshness(fault, losses.of(FAULTS[fault]))

    lost = losses.lines()
    print(dict(lost))
    assert len([line for line in lost if line != "begun"]) == 2  # before COMMIT, and after it
