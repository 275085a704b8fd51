"""Situations that teach who decides."""

from dataclasses import replace

from awsnb.scenario import Preset
from awsnb.sections.iam.load import built_in
from awsnb.sections.iam.scenario import (
    ATTACH,
    BOUND,
    KEY,
    ON_ACCOUNT,
    ON_RESOURCE,
    PASSWORD,
)

_DENY_WITHOUT_MFA = """{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "MfaOrNothing",
    "Effect": "Deny",
    "Action": "*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
  }
}"""
_ALLOW_ALL = """{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}
}"""
_READ_ONLY = """{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}
}"""
_NAMES_BEN = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:user/ben"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::shop-photos/*"
  }
}"""
_OFFICE = """{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "OfficeOnly",
    "Effect": "Deny",
    "Action": "*",
    "Resource": "*",
    "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
  }
}"""
_WEB_SERVER = "arn:aws:ec2:eu-west-1:111122223333:instance/i-web"
_DATABASE = "arn:aws:ec2:eu-west-1:111122223333:instance/i-db"
_CAT = "arn:aws:s3:::shop-photos/cat.jpg"
_REPORT = "arn:aws:s3:::shop-reports/2026.csv"
_TRAIL = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/all"

_SITUATIONS = (
    Preset(
        "Delete without MFA",
        "ann may delete photos, but only after MFA. With a password alone no statement matches, "
        "and what no policy allows is denied. Sign in with MFA.",
        {"signed_in": PASSWORD},
    ),
    Preset(
        "MFA or nothing",
        "This policy should stop whoever has no MFA. Try it with a password alone, with MFA and "
        "with an access key. Then write BoolIfExists.",
        {"action": "s3:GetObject", "signed_in": KEY, "what_if": ATTACH,
         "document": _DENY_WITHOUT_MFA},
    ),
    Preset(
        "Administrator under a boundary",
        "eve has every permission but IAM's, and a boundary of S3. Attach AdministratorAccess, "
        "and look along the path for the layer that decides.",
        {"principal": "eve", "action": "ec2:StartInstances", "resource": _WEB_SERVER,
         "what_if": ATTACH, "document": _ALLOW_ALL},
    ),
    Preset(
        "Past the boundary, by name",
        "ben's own policies let him read reports, not photos. But now the bucket's policy names "
        "him: a resource that names a user of its account grants by itself. No boundary stops it.",
        {"principal": "ben", "action": "s3:GetObject", "resource": _CAT,
         "what_if": ON_RESOURCE, "document": _NAMES_BEN},
    ),
    Preset(
        "Whoever is root",
        "The root user needs no policy, and no policy of the account stops it. Look along the "
        "path for what does.",
        {"principal": "root", "action": "cloudtrail:StopLogging", "resource": _TRAIL},
    ),
    Preset(
        "Servers of one's own team",
        "One statement for every team: the instance's tag must be the user's own. The database "
        "belongs to the team data. Take the web server instead.",
        {"action": "ec2:StopInstances", "resource": _DATABASE},
    ),
    Preset(
        "A visitor from another account",
        "The auditor's own account lets it read everything, but that is only half: the bucket must "
        "let it in too. Ask for a photo, and the other half is missing.",
        {"principal": "auditor", "action": "s3:GetObject", "resource": _REPORT},
    ),
    Preset(
        "The office only, by an SCP",
        "The organisation denies every action from outside the office. Look through the matrix "
        "for who can still do what.",
        {"action": "s3:GetObject", "source_ip": "198.51.100.9", "what_if": ON_ACCOUNT,
         "document": _OFFICE},
    ),
    Preset(
        "A smaller boundary",
        "ann may write, and her new boundary holds reading alone. See what she keeps.",
        {"action": "s3:PutObject", "what_if": BOUND, "document": _READ_ONLY},
    ),
)  # fmt: skip

# the account written out, to be read and edited
PRESETS = tuple(replace(one, values={"policies": built_in(), **one.values}) for one in _SITUATIONS)
