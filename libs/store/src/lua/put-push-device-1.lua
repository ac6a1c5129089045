--[[
Stores the subscription of a device. Beyond the maximum, the device that was renewed the longest ago is dropped.

KEYS[1]  push:<role>:<user>
ARGV[1]  id of the device
ARGV[2]  the subscription, JSON; its `renewedAt` and `expiresAt` are epoch ms
ARGV[3]  now, epoch ms
ARGV[4]  maximum number of devices
ARGV[5]  lifetime of the key, s
Returns  nothing
]]
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
local now, oldest, oldestAt, count = tonumber(ARGV[3]), nil, math.huge, 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local id, device = all[i], cjson.decode(all[i + 1])
  if device.expiresAt <= now then
    redis.call('HDEL', KEYS[1], id)
  else
    count = count + 1
    if id ~= ARGV[1] and device.renewedAt < oldestAt then oldest, oldestAt = id, device.renewedAt end
  end
end
if count > tonumber(ARGV[4]) and oldest then redis.call('HDEL', KEYS[1], oldest) end
redis.call('EXPIRE', KEYS[1], ARGV[5])
