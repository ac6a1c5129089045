--[[
Writes all sockets of one user that one run of a node holds. Each write replaces the one before, so the last is right.

KEYS[1]  presence:{users-p}:<user>
KEYS[2]  presence-on:{users-p}:<run id>
KEYS[3]  presence-gone:{users-p}
ARGV[1]  user
ARGV[2]  run id of the node
ARGV[3]  JSON list of [namespace, id, since], '' for no sockets
ARGV[4]  time of the change, epoch ms
ARGV[5]  grace period after the last socket closed, ms
ARGV[6]  lifetime of the presence of a user without sockets, s
Returns  the hash of the user before the write, field and value alternating
]]
local user, runId, sockets, at, graceMs, lifetimeS = unpack(ARGV)
local field = 'at:' .. runId
local before = redis.call('HGETALL', KEYS[1])
local previous, isElsewhere = {}, false
for i = 1, #before, 2 do
  if before[i] == field then previous = cjson.decode(before[i + 1])
  elseif string.sub(before[i], 1, 3) == 'at:' then isElsewhere = true end
end

local connected = {}
if sockets == '' then
  redis.call('HDEL', KEYS[1], field)
  redis.call('SREM', KEYS[2], user)
else
  redis.call('HSET', KEYS[1], field, sockets)
  redis.call('SADD', KEYS[2], user)
  for _, socket in ipairs(cjson.decode(sockets)) do connected[socket[1]] = true end
end
for namespace in pairs(connected) do redis.call('ZREM', KEYS[3], namespace .. ' ' .. user) end

local closed = {}
for _, socket in ipairs(previous) do
  local namespace, since = socket[1], socket[3]
  -- A node may have died after a connection and before its next heartbeat.
  if not connected[namespace] then closed[namespace] = math.max(closed[namespace] or tonumber(at), since) end
end
for namespace, seenAt in pairs(closed) do
  local known = tonumber(redis.call('HGET', KEYS[1], 'seen:' .. namespace) or 0)
  seenAt = math.max(seenAt, known)
  redis.call('HSET', KEYS[1], 'seen:' .. namespace, string.format('%.0f', seenAt))
  redis.call('ZADD', KEYS[3], string.format('%.0f', seenAt + graceMs), namespace .. ' ' .. user)
end

if sockets ~= '' or isElsewhere then redis.call('PERSIST', KEYS[1])
else redis.call('EXPIRE', KEYS[1], lifetimeS) end
return before
