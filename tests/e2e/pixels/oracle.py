"""Decodes every file of PyPI pydicom and pydicom-data that it can, and lays out what a viewer should come to.

usage: oracle.py FOLDER

FOLDER/index.json    a list: file, UIDs, transfer syntax, what the values are (`values` after the modality LUT, or `rgb`), frames
FOLDER/N-F.f64       frame F of file N as 64-bit floats, little endian, row by row
A client that was not written here is the judge: pydicom with GDCM, pyjpegls, OpenJPEG, Pillow.
"""
import copy
import json
import pathlib
import sys
import warnings

import data_store
import numpy as np
import pydicom
from pydicom.pixels import apply_color_lut, apply_modality_lut, convert_color_space, pixel_array

warnings.filterwarnings("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
# Frames of one file that are compared: the first ones and the last.
FRAMES = 3


def decoded(data, frame):
    """The frame as our viewer should have it, and what that is."""
    plain = pixel_array(data, index=frame)
    if data.PhotometricInterpretation == "PALETTE COLOR":
        rgb = apply_color_lut(plain, in_host_order(data))
        depth = data.RedPaletteColorLookupTableDescriptor[2]
        return "rgb", (rgb >> 8 if depth == 16 else rgb)
    if int(data.SamplesPerPixel) == 3:
        return "rgb", plain
    # Enhanced objects say it for all frames, or for each.
    groups = [data.get("PerFrameFunctionalGroupsSequence", [None] * (frame + 1))[frame], *data.get("SharedFunctionalGroupsSequence", [])]
    for group in filter(None, groups):
        for found in group.get("PixelValueTransformationSequence", []):
            return "values", plain * float(found.RescaleSlope) + float(found.RescaleIntercept)
    return "values", apply_modality_lut(plain, data)


def in_host_order(data):
    """The data set with palettes in the order that `apply_color_lut` reads them in: pydicom 3.0 takes the words of an unsegmented
    palette in the machine's order also where the file is big endian. OBXXXX1A.dcm and OBXXXX1A_expb.dcm are one image, with one
    palette; only turned do they come to the same colours."""
    if data.file_meta.TransferSyntaxUID.is_little_endian or data.RedPaletteColorLookupTableDescriptor[2] != 16:
        return data
    if "RedPaletteColorLookupTableData" not in data:
        return data
    data = copy.deepcopy(data)
    for colour in ("Red", "Green", "Blue"):
        name = f"{colour}PaletteColorLookupTableData"
        setattr(data, name, np.frombuffer(getattr(data, name), dtype=">u2").astype("=u2").tobytes())
    return data


def look(path, number, out):
    data = pydicom.dcmread(path, force=True)
    if "PixelData" not in data:
        return None
    count = int(data.get("NumberOfFrames") or 1)
    wanted = sorted({*range(min(count, FRAMES)), count - 1})
    told = {
        "path": str(path),
        "study": str(data.get("StudyInstanceUID") or ""),
        "series": str(data.get("SeriesInstanceUID") or ""),
        "instance": str(data.get("SOPInstanceUID") or ""),
        "syntax": str(data.file_meta.TransferSyntaxUID),
        "photometric": str(data.PhotometricInterpretation),
        "bits": [int(data.BitsAllocated), int(data.BitsStored)],
        "signed": int(data.PixelRepresentation),
        "frames": [],
    }
    for frame in wanted:
        what, values = decoded(data, frame)
        told["what"] = what
        told["fraction"] = bool(np.any(values != np.rint(values)))
        told["largest"] = max(told.get("largest", 0.0), float(np.abs(values).max()))
        values.astype("<f8").tofile(out / f"{number}-{frame + 1}.f64")
        told["frames"].append(frame + 1)
    return told


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    roots = [pathlib.Path(pydicom.__file__).parent / "data" / "test_files", pathlib.Path(data_store.__file__).parent]
    files = sorted(p for root in roots for p in root.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc"))
    index, refused = [], {}
    for number, path in enumerate(files):
        try:
            told = look(path, number, out)
        except Exception as error:
            refused[str(path)] = f"{type(error).__name__}: {error}"[:160]
            continue
        if told:
            index.append({"number": number, **told})
    (out / "index.json").write_text(json.dumps({"files": index, "refused": refused}))


if __name__ == "__main__":
    main()
