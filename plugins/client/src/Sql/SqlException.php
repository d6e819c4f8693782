<?php

declare(strict_types=1);

namespace Kessai\Sql;

/** The database refused. Its code is MySQL's number of the error. */
final class SqlException extends \RuntimeException
{
    /** The transaction was chosen to end a deadlock (1213), or waited for a lock for too long (1205). */
    private const LOCKED = [1205, 1213];

    /**
     * Whether another try of the whole transaction may succeed. Shops wrap the errors of their database in their own.
     */
    public static function isOfLocks(\Throwable $error): bool
    {
        for ($one = $error; $one !== null; $one = $one->getPrevious()) {
            $code = $one instanceof \PDOException ? $one->errorInfo[1] ?? null : $one->getCode();
            if (in_array($code, self::LOCKED, true)) {
                return true;
            }
        }
        return false;
    }
}
