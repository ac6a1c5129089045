--[[
Writes a trip, if the stored version is the one that the change was decided on.

KEYS[1]  trip:<id>
ARGV     expected version, 0 for none; new version; the trip, JSON; its lifetime, s; 1 to forget the estimate;
         optionally the field of an idempotency key, and the fingerprint of its request
Returns  1 when it was written
]]
if tonumber(redis.call('HGET', KEYS[1], 'version') or 0) ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'trip', ARGV[3])
if ARGV[5] == '1' then redis.call('HDEL', KEYS[1], 'eta') end
if ARGV[6] then redis.call('HSET', KEYS[1], ARGV[6], ARGV[7]) end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
