--[[
Admits a member until a time, unless too many others are in. Who is in already is admitted again.

KEYS[1]  a sorted set of members by until when they are in, epoch ms
ARGV     epoch ms now; until when; at most so many; the member
Returns  1 when it was admitted
]]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local is_in = redis.call('ZSCORE', KEYS[1], ARGV[4])
if not is_in and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[4])
redis.call('PEXPIREAT', KEYS[1], redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])
return 1
