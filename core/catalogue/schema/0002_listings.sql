-- How far a listing has come, so that one that was cut short need not begin anew. Written in the
-- transactions that hold the rows it speaks of; gone once a listing has come to its end.

CREATE TABLE listing (
  deployment_id INTEGER PRIMARY KEY,
  hash          INTEGER NOT NULL, -- of what is listed and by which rules, as two's complement
  began         INTEGER NOT NULL  -- when the first of the listings did that brought it so far
) STRICT;

-- Keys k with after < k <= until of which every object is merged, but for those of folders that one
-- of the two ends lies in. No until, '': to the end of all keys.
CREATE TABLE listing_range (
  deployment_id INTEGER NOT NULL,
  after         BLOB NOT NULL,
  until         BLOB NOT NULL,
  PRIMARY KEY (deployment_id, after)
) STRICT, WITHOUT ROWID;

-- Folders of which captures were not listed. That they are gone is only marked at the end of a
-- listing, which must so look at these folders again.
CREATE TABLE listing_again (
  deployment_id INTEGER NOT NULL,
  folder        BLOB NOT NULL,
  PRIMARY KEY (deployment_id, folder)
) STRICT, WITHOUT ROWID;
