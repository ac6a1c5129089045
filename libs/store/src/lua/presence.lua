--[[
Writes which sockets of one user one node holds, all of them at once: of two writes the last one is right.

KEYS[1]  presence:{users-p}:<user>
KEYS[2]  presence-on:{users-p}:<incarnation of the node>
KEYS[3]  presence-gone:{users-p}
ARGV     user; incarnation; its sockets, a JSON list of [namespace, id, since], or '' for none; epoch ms of the change;
         after how long the end of the last socket is news, ms; how long one that is gone is remembered, s
Returns  the hash of the user as it was before, flat
]]
local user, incarnation, sockets, at, graceMs, rememberedS = unpack(ARGV)
local field = 'at:' .. incarnation
local before = redis.call('HGETALL', KEYS[1])
local held, isElsewhere = {}, false
for i = 1, #before, 2 do
  if before[i] == field then held = cjson.decode(before[i + 1])
  elseif string.sub(before[i], 1, 3) == 'at:' then isElsewhere = true end
end

local here = {}
if sockets == '' then
  redis.call('HDEL', KEYS[1], field)
  redis.call('SREM', KEYS[2], user)
else
  redis.call('HSET', KEYS[1], field, sockets)
  redis.call('SADD', KEYS[2], user)
  for _, socket in ipairs(cjson.decode(sockets)) do here[socket[1]] = true end
end
for namespace in pairs(here) do redis.call('ZREM', KEYS[3], namespace .. ' ' .. user) end

local left = {}
for _, socket in ipairs(held) do
  local namespace, since = socket[1], socket[3]
  -- A node may have died before the beat after a connection.
  if not here[namespace] then left[namespace] = math.max(left[namespace] or tonumber(at), since) end
end
for namespace, seenAt in pairs(left) do
  local known = tonumber(redis.call('HGET', KEYS[1], 'seen:' .. namespace) or 0)
  seenAt = math.max(seenAt, known)
  redis.call('HSET', KEYS[1], 'seen:' .. namespace, string.format('%.0f', seenAt))
  redis.call('ZADD', KEYS[3], string.format('%.0f', seenAt + graceMs), namespace .. ' ' .. user)
end

if sockets ~= '' or isElsewhere then redis.call('PERSIST', KEYS[1])
else redis.call('EXPIRE', KEYS[1], rememberedS) end
return before
