--[[
Adds an alert unless too many are active. Removes those that have expired.

KEYS[1]  alerts, or raised-alerts
ARGV[1]  now, epoch ms
ARGV[2]  maximum number of alerts
ARGV[3]  id
ARGV[4]  expiry, epoch ms
ARGV[5]  alert, JSON
Returns  1 if it was added or is there already, otherwise 0
]]
local now = tonumber(ARGV[1])
local last = tonumber(ARGV[4])
local active = 0
local fields = redis.call('HGETALL', KEYS[1])
for n = 1, #fields, 2 do
  local expiresAt = tonumber(string.match(fields[n + 1], '^%d+'))
  if fields[n] == ARGV[3] then return 1 end
  if expiresAt <= now then redis.call('HDEL', KEYS[1], fields[n])
  else
    active = active + 1
    if expiresAt > last then last = expiresAt end
  end
end
if active >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4] .. ' ' .. ARGV[5])
redis.call('PEXPIREAT', KEYS[1], last)
return 1
