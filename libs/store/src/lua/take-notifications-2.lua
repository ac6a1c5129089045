--[[
Takes jobs that are due and postpones them, so that no other gateway takes them unless this one dies.

KEYS[1]  {notifications}:due
KEYS[2]  {notifications}:jobs
ARGV[1]  now, epoch ms
ARGV[2]  end of the postponement, epoch ms
ARGV[3]  maximum number of jobs
Returns  id and job, JSON, alternating
]]
local taken = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[3])) do
  local job = redis.call('HGET', KEYS[2], id)
  if job then
    redis.call('ZADD', KEYS[1], ARGV[2], id)
    taken[#taken + 1] = id
    taken[#taken + 1] = job
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return taken
