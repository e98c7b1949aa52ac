"""How things are said to people, in Arabic and in English, on pages and in mails: words, numbers, dates, notices."""
