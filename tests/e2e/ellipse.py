"""What pydicom makes of an ellipse in a slice: mean, SD, least, most, and its area, as JSON.

usage: ellipse.py FILE X0 Y0 X1 Y1   (two corners of its box, in pixels from the outer corner of the first)
"""
import json
import math
import sys

import numpy as np
import pydicom
from pydicom.pixels import apply_modality_lut

data = pydicom.dcmread(sys.argv[1])
x0, y0, x1, y1 = map(float, sys.argv[2:])
hu = apply_modality_lut(data.pixel_array, data).astype(float)
y, x = np.mgrid[0 : data.Rows, 0 : data.Columns] + 0.5
inside = ((x - (x0 + x1) / 2) / ((x1 - x0) / 2)) ** 2 + ((y - (y0 + y1) / 2) / ((y1 - y0) / 2)) ** 2 <= 1
row, column = map(float, data.PixelSpacing)
print(json.dumps({
    "mean": hu[inside].mean(), "sd": hu[inside].std(), "min": hu[inside].min(), "max": hu[inside].max(),
    "area": math.pi / 4 * abs(x1 - x0) * column * abs(y1 - y0) * row, "instance": data.SOPInstanceUID,
}))
