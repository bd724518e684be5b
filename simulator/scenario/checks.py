def check_file(d, raw, file): return [], []
def check_document(d, raw, file, design): return [], []
