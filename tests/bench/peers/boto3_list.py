#!/usr/bin/env python3
"""What a script with boto3 does: page through a bucket. Prints how many keys there were.

    boto3_list.py ENDPOINT_URL BUCKET
"""

import sys

import boto3


def main():
    endpoint_url, bucket = sys.argv[1:]
    pages = boto3.client("s3", endpoint_url=endpoint_url).get_paginator("list_objects_v2")
    print(sum(len(page.get("Contents", [])) for page in pages.paginate(Bucket=bucket)))


if __name__ == "__main__":
    main()
