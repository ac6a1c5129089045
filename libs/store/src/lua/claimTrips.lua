--[[
Takes trips that are to be looked after now, so that nobody else does for a while.

KEYS[1]  trips
ARGV     epoch ms now; until when they are taken; at most so many
Returns  their ids
]]
local ids = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], 'XX', ARGV[2], id) end
return ids
