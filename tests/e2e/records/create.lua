-- wrk -t1 -c32 -d10s -s create.lua http://HOST/fhir: Patients of 2 KB, each with an identifier of its own. TOKEN, if any, is the client's.
local n, thread = 0, 0
local token = os.getenv("TOKEN")

function setup(t)
  t:set("thread", thread)
  thread = thread + 1
end

function init()
  math.randomseed(tonumber(os.getenv("SEED") or "1"))
  base = math.random(1, 1e9) + (thread or 0) * 1e9
  pad = string.rep("x", 1450)
  headers = { ["Content-Type"] = "application/fhir+json" }
  if token then headers["Authorization"] = "Bearer " .. token end
end

function request()
  n = n + 1
  local i = base + n
  local body = '{"resourceType":"Patient","identifier":[{"system":"urn:wrk","value":"w' .. i
    .. '"}],"name":[{"family":"Family' .. i % 997 .. '","given":["Given' .. i % 101
    .. '"]}],"gender":"male","birthDate":"1970-01-1' .. i % 9
    .. '","address":[{"city":"City' .. i % 53 .. '","postalCode":"' .. 450000 + i % 900 .. '","text":"' .. pad
    .. '"}],"telecom":[{"system":"phone","value":"138' .. i
    .. '"}],"maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"Married"}]}'
    .. ',"communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"zh-CN","display":"Chinese"}]}}]}'
  return wrk.format("POST", wrk.path:gsub("/$", "") .. "/Patient", headers, body)
end
