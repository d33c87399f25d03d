#!/usr/bin/python3
"""Prints "PASSED FAILED" for one or more JUnit reports. A skipped test is neither."""

import sys
import xml.etree.ElementTree as xml

passed = failed = 0
for path in sys.argv[1:]:
    for case in xml.parse(path).iter("testcase"):
        ends = {child.tag for child in case}
        if ends & {"failure", "error"}:
            failed += 1
        elif "skipped" not in ends:
            passed += 1
print(passed, failed)
