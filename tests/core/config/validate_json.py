# SPDX-License-Identifier: Apache-2.0
#
# validate_json.py SCHEMA DOCUMENTS: checks the schema itself, then each line of DOCUMENTS, a JSON
# document, against it. Prints "valid" or "invalid: why" for each.

import json
import sys

from jsonschema import Draft202012Validator

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
with open(sys.argv[2], encoding="utf-8") as file:
    for line in file:
        error = next(validator.iter_errors(json.loads(line)), None)
        print("valid" if error is None else "invalid: " + error.message.replace("\n", " "))
