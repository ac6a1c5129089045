--[[
Moves a trip to another state, if the one it is in allows that.

KEYS[1]  trip:<id>
ARGV     new state, epoch ms, then the states it may come from
Returns  nil when there is no such trip; otherwise the state it was in, and 1 when it was changed, 0 when not
]]
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return nil end
for i = 3, #ARGV do
  if ARGV[i] == state then
    redis.call('HSET', KEYS[1], 'state', ARGV[1], 'changedAt', ARGV[2])
    return { state, 1 }
  end
end
return { state, 0 }
