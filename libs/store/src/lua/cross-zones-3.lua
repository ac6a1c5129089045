--[[
Stores in which zones of a region a driver is, and appends its crossings and the alerts about them to the feeds of the region,
if the stored membership is the expected one. Otherwise does nothing.

KEYS[1]  {r}:member:<driver>
KEYS[2]  feed:{r}:crossings
KEYS[3]  feed:{r}
ARGV[1]  the membership that is expected; '' if there must be none
ARGV[2]  the new one
ARGV[3]  its lifetime, ms
ARGV[4]  now, epoch ms
ARGV[5]  maximum number of entries in a feed
ARGV[6]  lifetime of the feeds, ms
ARGV[7…] pairs of the number of a feed's key and an entry for it, JSON
Returns  1, then the ids of the entries; or 0 if another membership is stored
]]
-- include append-entry
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return { '0' } end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
local reply = { '1' }
for i = 7, #ARGV, 2 do
  reply[#reply + 1] = appendEntry(KEYS[tonumber(ARGV[i])], ARGV[4], ARGV[5], ARGV[6], ARGV[i + 1])
end
return reply
