"""Lays out real CT files (PyPI pydicom, pydicom-data) as a hospital's archive would export them.

usage: ct.py FOLDER NAME SEX BIRTH_DATE IDENTIFIER

FOLDER/head     one 512 x 512 slice as sent by the scanner, under the case's patient
FOLDER/series   a series of five slices under the case's patient, in reverse order of position
FOLDER/other    four slices under the name that stands in the original: another person
FOLDER/odd      what cannot be shown or read: 12-bit JPEG Extended, a truncated file, one that is not DICOM
"""
import os
import pathlib
import sys
import warnings

import pydicom
from pydicom.data import get_testdata_file

warnings.filterwarnings("ignore")


def write(data, folder, name, patient):
    if patient:
        data.PatientName, data.PatientSex, data.PatientBirthDate, data.PatientID = patient
        data.SpecificCharacterSet = "ISO_IR 192"
    folder.mkdir(parents=True, exist_ok=True)
    data.save_as(folder / name)


def main():
    out = pathlib.Path(sys.argv[1])
    name, sex, birth_date, identifier = sys.argv[2:6]
    patient = (name, {"male": "M", "female": "F"}.get(sex, "O"), birth_date.replace("-", ""), identifier)
    head = get_testdata_file("693_UNCI.dcm", read=True)
    write(head, out / "head", "head.dcm", patient)
    tests = pathlib.Path(os.path.dirname(pydicom.data.__file__)) / "test_files"
    for number, file in enumerate(sorted((tests / "dicomdirtests/98892001/CT5N").iterdir())):
        write(pydicom.dcmread(file), out / "series", f"slice-{number}.dcm", patient)
    for number, file in enumerate(sorted((tests / "dicomdirtests/77654033/CT2").iterdir())):
        write(pydicom.dcmread(file), out / "other", f"slice-{number}.dcm", None)
    odd = out / "odd"
    odd.mkdir(parents=True, exist_ok=True)
    write(get_testdata_file("JPEG-lossy.dcm", read=True), odd, "jpeg-extended-12-bit.dcm", patient)
    whole = (out / "head" / "head.dcm").read_bytes()
    (odd / "truncated.dcm").write_bytes(whole[: len(whole) // 3])
    (odd / "not-dicom.dcm").write_bytes(b"not a DICOM file, whatever its name says\n" * 40)


main()
