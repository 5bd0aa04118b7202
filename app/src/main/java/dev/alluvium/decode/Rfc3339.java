package dev.alluvium.decode;

/** Times as text: {@code 2025-07-13T09:36:17.5+02:00} (RFC 3339, section 5.6), read from bytes without making objects. */
final class Rfc3339 {
    /** Said of a text that is no time. */
    static final long NONE = Long.MIN_VALUE;

    private static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    /** After 400 years the calendar repeats. */
    private static final int DAYS_PER_ERA = 146_097;

    private static final int SECONDS_PER_DAY = 86_400;

    private Rfc3339() {}

    /** The second of the epoch that a text is in, or {@link #NONE}. A leap second counts as the one before it. */
    static long epochSecond(byte[] text, int start, int end) {
        int at = start + 19;
        if (end < at + 1
                || text[start + 4] != '-'
                || text[start + 7] != '-'
                || ((text[start + 10] | 0x20) != 't' && text[start + 10] != ' ')
                || text[start + 13] != ':'
                || text[start + 16] != ':') {
            return NONE;
        }
        int year = number(text, start, 4);
        int month = number(text, start + 5, 2);
        int day = number(text, start + 8, 2);
        int hour = number(text, start + 11, 2);
        int minute = number(text, start + 14, 2);
        int second = number(text, start + 17, 2);
        if (year < 0 || month < 1 || month > 12 || day < 1 || day > days(year, month)) {
            return NONE;
        }
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
            return NONE;
        }
        if (text[at] == '.') {
            int digits = ++at;
            while (at < end && isDigit(text[at])) {
                at++;
            }
            if (at == digits) {
                return NONE;
            }
        }
        int offset = offset(text, at, end);
        if (offset == Integer.MIN_VALUE) {
            return NONE;
        }
        long ofDay = hour * 3_600L + minute * 60L + Math.min(second, 59);
        return epochDay(year, month, day) * SECONDS_PER_DAY + ofDay - offset;
    }

    /** Seconds east of UTC, or {@code Integer.MIN_VALUE}. */
    private static int offset(byte[] text, int at, int end) {
        if (end - at == 1 && (text[at] | 0x20) == 'z') {
            return 0;
        }
        if (end - at != 6 || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':') {
            return Integer.MIN_VALUE;
        }
        int hours = number(text, at + 1, 2);
        int minutes = number(text, at + 4, 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
            return Integer.MIN_VALUE;
        }
        int seconds = hours * 3_600 + minutes * 60;
        return text[at] == '-' ? -seconds : seconds;
    }

    private static int days(int year, int month) {
        boolean isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return month == 2 && isLeap ? 29 : DAYS[month - 1];
    }

    /** Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil: years begin with March. */
    private static long epochDay(int year, int month, int day) {
        int y = month <= 2 ? year - 1 : year;
        int era = Math.floorDiv(y, 400);
        int yearOfEra = y - era * 400;
        int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return (long) era * DAYS_PER_ERA + dayOfEra - 719_468;
    }

    /** A number of so many digits, or a negative one if there are others. */
    private static int number(byte[] text, int at, int digits) {
        int value = 0;
        for (int i = at; i < at + digits; i++) {
            if (!isDigit(text[i])) {
                return -1;
            }
            value = value * 10 + text[i] - '0';
        }
        return value;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }
}
