"""Files that are known by their first characters, and are no metrics over time."""

import re

from awsnb.trace.model import TraceError

OUTPUT_JSON = "export it with --output json"
FOREIGN = {
    re.compile(r"[{\[(]+\s*'|[\[{(]*\s*datetime\.|.{0,200}datetime\.datetime\("): (
        "a Python object as print shows it: write it with json.dump(answer, file, default=str)"
    ),
    re.compile(r"(?:- )?[A-Z][A-Za-z]+:(?:\s[^,;\t]*)?(?:\n|$)"): (
        f"the YAML that the AWS command line writes: {OUTPUT_JSON}"
    ),
    re.compile(r"---\s*\n"): f"YAML: {OUTPUT_JSON}",
    re.compile(r"-{5,}|\+-{3,}|\|"): f"a table drawn for reading (--output table): {OUTPUT_JSON}",
    re.compile(r"<"): f"HTML or XML: {OUTPUT_JSON}",
    re.compile(r"# +(?:HELP|TYPE)\s"): "Prometheus metrics, not an export over time",
}
ALB_LOG = "an access log of an ALB"
METRICS = re.compile(r"\"?(?:timestamp|time|date|id|label)\"?[,;\t]|\{", re.IGNORECASE)
STAMP = r"\d{4}-\d\d-\d\dT[\d:.]+Z?"
LOGS = {
    ALB_LOG: re.compile(rf"(?:https?|h2|grpcs|wss?) {STAMP} \S+ \S+ \S+ -?[\d.]+ "),
    "an access log of an NLB": re.compile(rf"tls [\d.]+ {STAMP} net/"),
    "an access log of a Classic Load Balancer": re.compile(
        rf"{STAMP} [\w-]+ \S+:\d+ \S+ -?[\d.]+ -?[\d.]+ -?[\d.]+ "
    ),
    "a connection log of an ALB": re.compile(rf"{STAMP} [\d.a-f:]+ \d+ \d+ "),
    "a table of an ALB's access log, as Athena writes it": re.compile(
        r'"?type"?,"?time"?,"?elb"?,"?client_ip'
    ),
    "a VPC flow log": re.compile(
        r"(?:version )?account-id |version .*\b(?:srcaddr|interface-id)\b|\d+ \d{12} eni-"
    ),
    "a server access log of S3": re.compile(r"[0-9a-f]{64} \S+ \["),
    "a log of CloudFront": re.compile(r"#Version: 1\.0\s+#Fields: "),
    "an access log of a web server": re.compile(r"\S+ \S+ \S+ \[\d\d/\w{3}/\d{4}:"),
}


def log_of(head: str) -> str:
    """Name the log that these lines begin, or nothing.

    Examples
    --------
    >>> log_of("2 123456789010 eni-1235b8ca 172.31.16.139 172.31.16.21 20641 22 6 20 4249 ...")
    'a VPC flow log'
    """
    begin = head.lstrip()
    return next((name for name, shape in LOGS.items() if shape.match(begin)), "")


def refuse_foreign(head: str) -> None:
    """Refuse what is known by its first characters, with how to export it."""
    for shape, what in FOREIGN.items():
        if shape.match(head.lstrip()):
            raise TraceError(f"seems to be {what}")


def refuse_all_but_alb_log(head: str, wanted: str) -> None:
    """Refuse what is known and no access log of an ALB, where one is wanted."""
    refuse_foreign(head)
    seems = log_of(head) or ("metrics or JSON" if METRICS.match(head.lstrip()) else "")
    if seems not in ("", ALB_LOG):
        raise TraceError(f"seems to be {seems}; wanted: {wanted}")


def refuse_log(head: str) -> None:
    """Refuse a log where metrics are wanted."""
    if log := log_of(head):
        raise TraceError(f"seems to be {log}: export the metric from CloudWatch, as CSV or JSON")
