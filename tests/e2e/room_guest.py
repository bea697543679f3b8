"""A guest in a room who was not written here: aiortc publishes through WHIP, receives through WHEP, and says what arrived.

usage: room_guest.py BASE_URL WHIP_PATH WHEP_PATH TOKEN SEED SECONDS [VP8|H264]

Publishes the coded picture and pitch of SEED; prints one JSON line {"cells", "hz", "video_frames", "audio_frames"} of what
it received from the other side. With a codec named, it offers that one alone, as an old terminal does. The code of pictures and pitches is that of lib/coded.mjs.
"""
import asyncio
import fractions
import json
import sys
import time
import urllib.request

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import VideoStreamTrack
from aiortc.rtcrtpsender import RTCRtpSender

PALETTE = np.array([[255, 255, 255], [0, 0, 0], [240, 50, 40], [30, 60, 225]], dtype=float)
COLUMNS, ROWS, WIDTH, HEIGHT, RATE = 4, 3, 640, 360, 48000


def pattern(seed):
    state, cells = ((seed + 1) * 2654435761) & 0xFFFFFFFF, []
    for _ in range(COLUMNS * ROWS):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        cells.append((state >> 24) % len(PALETTE))
    return cells


def pitch(seed):
    return 500 + 170 * seed


class Picture(VideoStreamTrack):
    def __init__(self, seed):
        super().__init__()
        cells = np.array(pattern(seed)).reshape(ROWS, COLUMNS)
        self.image = PALETTE[cells].repeat(HEIGHT // ROWS, 0).repeat(WIDTH // COLUMNS, 1).astype(np.uint8)

    async def recv(self):
        pts, base = await self.next_timestamp()
        frame = av.VideoFrame.from_ndarray(self.image, format="rgb24")
        frame.pts, frame.time_base = pts, base
        return frame


class Voice(MediaStreamTrack):
    kind = "audio"

    def __init__(self, seed):
        super().__init__()
        self.hz, self.sent, self.begun = pitch(seed), 0, time.time()

    async def recv(self):
        count = RATE // 50
        await asyncio.sleep(max(0, self.begun + self.sent / RATE - time.time()))
        t = (self.sent + np.arange(count)) / RATE
        syllable = (t * 3) % 1
        envelope = np.where(syllable < 0.6, np.sin(np.pi * syllable / 0.6), 0)
        wave = (14000 * envelope * np.sin(2 * np.pi * self.hz * t)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.pts, frame.sample_rate, frame.time_base = self.sent, RATE, fractions.Fraction(1, RATE)
        self.sent += count
        return frame


def cells_of(frame):
    image = frame.to_ndarray(format="rgb24").astype(float)
    height, width = image.shape[:2]
    cells = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            y, x = int((row + 0.5) * height / ROWS), int((column + 0.5) * width / COLUMNS)
            mean = image[y - 12 : y + 12, x - 12 : x + 12].mean(axis=(0, 1))
            cells.append(int(((PALETTE - mean) ** 2).sum(axis=1).argmin()))
    return cells


def pitch_of(samples):
    if len(samples) < RATE:
        return 0
    window = samples[-RATE * 2 :]
    spectrum = np.abs(np.fft.rfft(window * np.hanning(len(window))))
    spectrum[: int(100 * len(window) / RATE)] = 0
    return float(spectrum.argmax() * RATE / len(window))


async def negotiate(peer, url, token):
    await peer.setLocalDescription(await peer.createOffer())

    def post():
        headers = {"content-type": "application/sdp", "authorization": f"Bearer {token}"}
        request = urllib.request.Request(url, peer.localDescription.sdp.encode(), headers, method="POST")
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status, answer.read().decode(), answer.headers["location"]

    status, answer, location = await asyncio.to_thread(post)
    if status != 201 or not location:
        raise RuntimeError(f"{url}: {status}, location {location}")
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    return location


async def main():
    base, whip, whep, token, seed, seconds = sys.argv[1:7]
    only = sys.argv[7] if len(sys.argv) > 7 else None
    sender = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    sender.addTrack(Picture(int(seed)))
    sender.addTrack(Voice(int(seed)))
    receiver = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    receiver.addTransceiver("video", "recvonly")
    if only:
        known = RTCRtpSender.getCapabilities("video").codecs
        offered = [one for one in known if one.mimeType in (f"video/{only}", "video/rtx")]
        for peer in (sender, receiver):
            for line in peer.getTransceivers():
                if line.kind == "video":
                    line.setCodecPreferences(offered)
    receiver.addTransceiver("audio", "recvonly")
    got = {"video": 0, "audio": 0}
    last, heard = [None], [np.zeros(0, dtype=float)]

    async def read(track):
        while True:
            frame = await track.recv()
            got[track.kind] += 1
            if track.kind == "video":
                last[0] = frame
            else:
                samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0].astype(float)
                heard[0] = np.concatenate([heard[0], samples])[-RATE * 4 :]

    tasks = []
    receiver.on("track", lambda track: tasks.append(asyncio.ensure_future(read(track))))
    left = [await negotiate(sender, base + whip, token), await negotiate(receiver, base + whep, token)]
    await asyncio.sleep(float(seconds))
    print(json.dumps({
        "cells": cells_of(last[0]) if last[0] else None, "hz": pitch_of(heard[0]),
        "video_frames": got["video"], "audio_frames": got["audio"],
        "states": [sender.connectionState, receiver.connectionState], "left": left,
    }), flush=True)
    for task in tasks:
        task.cancel()
    for where in left:
        request = urllib.request.Request(base + where, headers={"authorization": f"Bearer {token}"}, method="DELETE")
        await asyncio.to_thread(lambda r=request: urllib.request.urlopen(r, timeout=5).close())
    await sender.close()
    await receiver.close()


asyncio.run(main())
