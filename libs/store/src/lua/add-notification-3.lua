--[[
Adds a job to the queue of notifications, once per id, unless the queue is full.

KEYS[1]  {notifications}:due
KEYS[2]  {notifications}:jobs
KEYS[3]  {notifications}:known
ARGV[1]  id of the job
ARGV[2]  the job, JSON
ARGV[3]  time at which it is due, epoch ms
ARGV[4]  now, epoch ms
ARGV[5]  time until which the id is known, epoch ms
ARGV[6]  maximum number of jobs
ARGV[7]  maximum number of known ids
Returns  ADDED, KNOWN or FULL
]]
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[4])
if redis.call('ZSCORE', KEYS[3], ARGV[1]) then return 'KNOWN' end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[6]) then return 'FULL' end
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -tonumber(ARGV[7]) - 1)
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 'ADDED'
