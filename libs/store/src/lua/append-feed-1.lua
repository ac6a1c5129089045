--[[
Appends an entry to a feed.

KEYS[1]  feed:<owner>
ARGV[1]  now, epoch ms
ARGV[2]  maximum number of entries
ARGV[3]  lifetime of the feed, ms
ARGV[4]  entry, JSON
Returns  id of the entry
]]
-- include append-entry
return appendEntry(KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
