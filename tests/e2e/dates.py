"""Makes three chest CT examinations of one person on three days, with a lesion that grows, as a scanner would send them.

usage: dates.py FOLDER NAME SEX BIRTH_DATE IDENTIFIER

FOLDER/0..2    one examination each: 24 slices of 512 x 512, 16 bits signed, rescaled to Hounsfield units. The table stands
               somewhere else on each day, the second day counts its slices from below, the third has thinner slices.
"""
import pathlib
import sys

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

SIZE, SPACING = 512, 0.7
# Day, time, first position, step, slices, radius of the lesion in mm.
DAYS = [
    ("20200202", "091500", -100.0, 5.0, 24, 9.0),
    ("20200204", "101000", 12.0, -5.0, 24, 14.0),
    ("20200206", "083000", -80.0, 2.5, 24, 20.0),
]
# Where the lesion lies: millimetres from the middle of the slice, and along the body.
LESION = (58.0, 20.0, -45.0)


def pixels(z, radius, chance):
    y, x = (np.mgrid[0:SIZE, 0:SIZE] - (SIZE - 1) / 2) * SPACING
    hu = np.full((SIZE, SIZE), -1000.0)
    body = (x / 165) ** 2 + (y / 120) ** 2 < 1
    hu[body] = 45
    for side in (-1, 1):
        lung = ((x - side * 72) / 55) ** 2 + (y / 82) ** 2 + ((z + 45) / 90) ** 2 < 1
        hu[lung] = -840
    hu[(x / 14) ** 2 + ((y - 88) / 14) ** 2 < 1] = 520
    away = np.sqrt((x - LESION[0]) ** 2 + (y - LESION[1]) ** 2 + (z - LESION[2]) ** 2)
    hu = np.where(away < radius, -120 + 40 * np.cos(away / radius * 1.5), hu)
    return np.clip(np.rint(hu + chance.normal(0, 18, hu.shape)), -1024, 3071).astype(np.int16)


def main():
    out = pathlib.Path(sys.argv[1])
    name, sex, birth_date, identifier = sys.argv[2:6]
    for day, (date, time, start, step, count, radius) in enumerate(DAYS):
        chance = np.random.default_rng(20200200 + day)
        root = f"2.25.20200{day}.{sum(map(ord, identifier))}"
        folder = out / str(day)
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            z = start + number * step
            data = Dataset()
            data.file_meta = FileMetaDataset()
            data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            data.SpecificCharacterSet = "ISO_IR 192"
            data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = CTImageStorage
            data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = f"{root}.1.{number + 1}"
            data.ImageType = ["DERIVED", "SECONDARY", "AXIAL", "PHANTOM"]
            data.StudyDate = data.SeriesDate = data.ContentDate = date
            data.StudyTime = data.SeriesTime = data.ContentTime = time
            data.AccessionNumber = ""
            data.Modality, data.Manufacturer, data.BodyPartExamined = "CT", "test", "CHEST"
            data.StudyDescription, data.SeriesDescription = "胸部 CT", "Lung 5 mm"
            data.ReferringPhysicianName = ""
            data.PatientName, data.PatientID = name, identifier
            data.PatientSex, data.PatientBirthDate = {"male": "M", "female": "F"}.get(sex, "O"), birth_date.replace("-", "")
            data.StudyInstanceUID, data.SeriesInstanceUID = root, f"{root}.1"
            data.FrameOfReferenceUID = f"{root}.2"
            data.SeriesNumber, data.InstanceNumber, data.StudyID = 1, number + 1, "1"
            data.SliceThickness = abs(step)
            edge = -(SIZE - 1) / 2 * SPACING
            data.ImagePositionPatient = [round(edge, 3), round(edge, 3), z]
            data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
            data.PixelSpacing = [SPACING, SPACING]
            data.WindowCenter, data.WindowWidth = -600, 1500
            data.RescaleIntercept, data.RescaleSlope, data.RescaleType = -24, 1, "HU"
            data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
            data.Rows = data.Columns = SIZE
            data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
            data.PixelData = (pixels(z, radius, chance).astype(np.int32) + 24).astype("<i2").tobytes()
            data.save_as(folder / f"{number:02}.dcm", enforce_file_format=True)


main()
