--[[
Drops a region from the set of regions, if nobody has written to it since.

KEYS[1]  regions:written
ARGV     region; epoch ms
]]
local writtenAt = redis.call('ZSCORE', KEYS[1], ARGV[1])
if writtenAt and tonumber(writtenAt) < tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
