"""Acts: one public function is one act and one transaction; values and ids in, never a request or a form."""
