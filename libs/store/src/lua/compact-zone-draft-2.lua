--[[
Replaces the snapshot of a draft by a newer one and removes the updates that it contains, if nobody else has.

KEYS[1]  {r}:zones:updates
KEYS[2]  {r}:zones:snapshot
ARGV[1]  id of the snapshot that is replaced, 0-0 if there is none
ARGV[2]  id of the newest update in the new snapshot
ARGV[3]  state of the document, an update of Yjs
ARGV[4]  facts about the draft, JSON
Returns  1 if the snapshot was replaced, otherwise 0
]]
if (redis.call('HGET', KEYS[2], 'id') or '0-0') ~= ARGV[1] then return 0 end
if #redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2]) == 0 then return 0 end
redis.call('HSET', KEYS[2], 'id', ARGV[2], 'state', ARGV[3], 'facts', ARGV[4])
local number = tonumber(string.match(ARGV[2], '^%d+'))
redis.call('XTRIM', KEYS[1], 'MINID', string.format('%d-0', number + 1))
return 1
