--[[
Appends an update to the draft of a region, if the newest one is the one that it was checked against. The n-th update has
the id <n>-<time, epoch ms>: the time distinguishes it from another n-th one that a Redis has lost.

KEYS[1]  {r}:zones:updates
KEYS[2]  {r}:zones:snapshot
ARGV[1]  expected id of the newest update, 0-0 if there is none
ARGV[2]  user who sent the update
ARGV[3]  update of Yjs
ARGV[4]  maximum number of updates after the snapshot
Returns  id of the update; otherwise STALE if there is a newer one, FULL if the snapshot must be renewed first
]]
-- include now-ms
-- include last-zone-update
local newest, compacted = lastZoneUpdate(KEYS[1], KEYS[2])
if newest ~= ARGV[1] then return 'STALE' end
if numberOf(newest) - numberOf(compacted) >= tonumber(ARGV[4]) then return 'FULL' end
local id = string.format('%d-%.0f', numberOf(newest) + 1, nowMs())
return redis.call('XADD', KEYS[1], id, 'by', ARGV[2], 'u', ARGV[3])
