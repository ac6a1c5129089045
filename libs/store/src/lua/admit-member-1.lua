--[[
Admits a member until a given time, unless the set is full. A member that is in the set is always admitted again.

KEYS[1]  sorted set of members by the end of their admission, epoch ms
ARGV[1]  now, epoch ms
ARGV[2]  end of the admission, epoch ms
ARGV[3]  maximum number of members
ARGV[4]  member
Returns  1 if the member was admitted, 0 if the set is full
]]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local isMember = redis.call('ZSCORE', KEYS[1], ARGV[4])
if not isMember and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[4])
redis.call('PEXPIREAT', KEYS[1], redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])
return 1
