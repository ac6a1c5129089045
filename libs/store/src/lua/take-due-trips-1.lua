--[[
Takes trips that are due and postpones them, so that no other gateway takes them for a while.

KEYS[1]  trips
ARGV[1]  now, epoch ms
ARGV[2]  end of the postponement, epoch ms
ARGV[3]  maximum number of trips
Returns  ids of the trips
]]
local ids = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], 'XX', ARGV[2], id) end
return ids
