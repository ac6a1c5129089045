"""A driver with python-socketio, without the client library: python3 driver.py [address] [name]

Needs python-socketio 5 with its client parts: pip install "python-socketio[client]", or apt install python3-socketio
python3-websocket python3-requests.
"""

import json
import math
import sys
import time
import urllib.request

import socketio

url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:3000"
name = sys.argv[2] if len(sys.argv) > 2 else "guido"


def demo_token() -> str:
    """Returns a token of the demo; your own backend signs them in production."""
    body = json.dumps({"role": "driver", "sub": name}).encode()
    request = urllib.request.Request(f"{url}/api/dev/tokens", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)["token"]


client = socketio.Client()


@client.on("offer", namespace="/driver")
def on_offer(offer, *_):
    print(f"offered trip {offer['tripId']}, {offer['durationS']} s away", flush=True)


@client.on("refused", namespace="/driver")
def on_refused(refusal):
    print(f"refused: {refusal['code']}", flush=True)


client.connect(url, auth={"token": demo_token()}, namespaces=["/driver"], transports=["websocket"])
print(client.call("status", "available", namespace="/driver"), flush=True)

while True:
    angle = time.time() / 20
    fix = {
        "t": round(time.time() * 1000),
        "lat": 40.7527 + 0.001 * math.cos(angle),
        "lng": -73.9772 + 0.001 * math.sin(angle),
        "accuracyM": 5,
    }
    # The answer comes once the fix is stored. A real app keeps a fix until then, and sends it again after a failure.
    print(client.call("fixes", [fix], namespace="/driver"), flush=True)
    time.sleep(1)
