--[[
Stores the state of a queue if its version is the expected one.

KEYS[1]  {r}:queue:<zone>
ARGV[1]  expected version; 0 if there must be none
ARGV[2]  new state, JSON
ARGV[3]  lifetime, ms
Returns  1, or 0 if another version is stored
]]
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1] + 1, 'state', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
