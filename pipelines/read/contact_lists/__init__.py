"""CSV, Excel, and the exports of CRMs and address books."""
