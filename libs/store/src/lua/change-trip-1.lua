--[[
Writes a trip, if the stored version is the one that the change was based on.

KEYS[1]  trip:<id>
ARGV[1]  expected version, 0 if the trip must not exist
ARGV[2]  new version
ARGV[3]  trip, JSON
ARGV[4]  lifetime, s
ARGV[5]  1 to delete the estimate, otherwise 0
ARGV[6]  field of the idempotency key; missing if the request has none
ARGV[7]  fingerprint of the request; missing if it has no idempotency key
Returns  1 if the trip was written, 0 if another version is stored
]]
if tonumber(redis.call('HGET', KEYS[1], 'version') or 0) ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'trip', ARGV[3])
if ARGV[5] == '1' then redis.call('HDEL', KEYS[1], 'eta') end
if ARGV[6] then redis.call('HSET', KEYS[1], ARGV[6], ARGV[7]) end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
