-- IDS=file wrk -t1 -c16 -d10s -s read.lua http://HOST/fhir: reads by id; the file has one Type/id a line. TOKEN, if any, is the client's.
local ids, n = {}, 0
local headers = {}

function init()
  for line in io.lines(os.getenv("IDS")) do ids[#ids + 1] = line end
  local token = os.getenv("TOKEN")
  if token then headers["Authorization"] = "Bearer " .. token end
end

function request()
  n = n + 1
  return wrk.format("GET", wrk.path:gsub("/$", "") .. "/" .. ids[n * 7919 % #ids + 1], headers)
end
