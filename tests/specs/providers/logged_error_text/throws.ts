throw new RangeError('too small');
