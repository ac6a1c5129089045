--[[
Removes the drivers of one region that fell silent.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:seen
ARGV     epoch ms: who was last heard before is silent; prefix of the region's cell keys; how many at most
Returns  id and record of each one removed, in turn

The seen set may lag behind: the version in the record, epoch microseconds, is what counts.
]]
local cutoff, removed = tonumber(ARGV[1]), {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local record = redis.call('HGET', KEYS[1], id)
  local heard = record and math.floor(tonumber(string.match(record, '^(%d+)')) / 1000)
  if record and heard >= cutoff then
    redis.call('ZADD', KEYS[2], heard, id)
  else
    redis.call('ZREM', KEYS[2], id)
    if record then
      -- fields 8 and 9 are status and cell
      local status, cell = string.match(record, '^' .. string.rep('[^|]*|', 7) .. '([^|]*)|([^|]*)|')
      redis.call('ZREM', ARGV[2] .. cell .. ':' .. status, id)
      redis.call('HDEL', KEYS[1], id)
      removed[#removed + 1] = id
      removed[#removed + 1] = record
    end
  end
end
return removed
