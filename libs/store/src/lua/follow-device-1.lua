--[[
Follows a device of a driver, unless its fixes arrive after another device took over from it. The followed device is the one
with the highest score.

KEYS[1]  sorted set of the driver's devices by the time at which each was last followed, epoch ms
ARGV[1]  name of the device
ARGV[2]  now, epoch ms
ARGV[3]  1 if the driver declared a status on it, 0 for a fix
ARGV[4]  maximum number of devices
ARGV[5]  time to live of the set, ms
Returns  the device that is followed now, and the one that was followed before, or an empty string
]]
local newest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
local before = newest[1]
if before == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return { before, before }
end
if ARGV[3] == '0' and redis.call('ZSCORE', KEYS[1], ARGV[1]) then return { before, before } end
local at = tonumber(ARGV[2])
if before then at = math.max(at, tonumber(newest[2]) + 1) end
redis.call('ZADD', KEYS[1], at, ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[4]))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return { ARGV[1], before or '' }
