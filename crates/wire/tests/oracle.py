"""What pydicom says of its own test files: one JSON object a line, the file's path first.

Used by pydicom.rs, which compares it with ours. A client that was not written here is the judge.
"""
import hashlib
import json
import pathlib
import sys
import warnings

import data_store
import pydicom
from pydicom.encaps import generate_frames

warnings.filterwarnings("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
# Frames of one file that are compared.
FRAMES = 12


def frames(data):
    count = int(data.get("NumberOfFrames") or 1)
    if data.file_meta.TransferSyntaxUID.is_compressed and data["PixelData"].is_undefined_length:
        for number, frame in enumerate(generate_frames(data.PixelData, number_of_frames=count)):
            if number == FRAMES:
                return
            yield frame
        return
    bits = data.Rows * data.Columns * int(data.get("SamplesPerPixel") or 1) * data.BitsAllocated
    if data.get("PhotometricInterpretation") == "YBR_FULL_422":
        bits = bits // 3 * 2
    size = (bits + 7) // 8
    for number in range(min(count, FRAMES)):
        yield data.PixelData[number * size : (number + 1) * size]


def describe(path):
    with pydicom.dcmread(path, force=True) as data:
        told = {
            "patient": str(data.get("PatientName", "")),
            "id": str(data.get("PatientID") or ""),
            "study": str(data.get("StudyInstanceUID") or ""),
            "series": str(data.get("SeriesInstanceUID") or ""),
            "instance": str(data.get("SOPInstanceUID") or ""),
            "modality": str(data.get("Modality") or ""),
            "rows": int(data.get("Rows") or 0),
            "columns": int(data.get("Columns") or 0),
            "position": [float(x) for x in data.get("ImagePositionPatient") or []],
            "syntax": str(data.file_meta.get("TransferSyntaxUID") or "") if hasattr(data, "file_meta") else "",
        }
        try:
            told["frames"] = [hashlib.sha256(frame).hexdigest() for frame in frames(data)]
        except Exception:
            pass
        try:
            told["json"] = data.to_json_dict(bulk_data_threshold=1024, bulk_data_element_handler=lambda e: "large", suppress_invalid_tags=True)
        except Exception:
            pass
        return told


def main():
    roots = [pathlib.Path(pydicom.__file__).parent / "data" / "test_files", pathlib.Path(data_store.__file__).parent]
    for path in sorted(p for root in roots for p in root.rglob("*") if p.is_file() and p.suffix != ".py" and p.suffix != ".pyc"):
        try:
            told = describe(path)
        except Exception as error:
            told = {"refused": repr(error)}
        told["path"] = str(path)
        print(json.dumps(told, default=str))


main()
