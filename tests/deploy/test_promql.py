from tests.deploy.promql import names_in


def test_labels_functions_and_strings_are_no_metrics() -> None:
    expression = 'histogram_quantile(0.95, sum by (le, step) (rate(a_seconds_bucket{step="read up", x=~"b|c"}[5m]))) > 3 and max(d_up) == 1'
    assert names_in(expression) == {"a_seconds_bucket", "d_up"}
